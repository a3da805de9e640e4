// Takes the SHA-256 of files, beside the page so that it stays quick.
onmessage = async ({ data: { at, file } }) => {
  let hex = "";
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch { /* too large for the memory, or gone: it is sent without */ }
  postMessage({ at, hex });
};
