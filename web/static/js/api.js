// The portal's own API, called by its pages: as whoever is signed in here, with the page's proof that it is ours.
const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";

export class Refused extends Error {
  constructor(status, told) {
    super(told.detail || told.error || `${status}`);
    this.status = status;
    this.code = told.code || "";
    this.field = told.field || "";
  }
}

/** Calls the API; returns the answer's JSON. Throws Refused with the portal's own sentence. */
export async function call(method, path, { body, headers = {}, signal } = {}) {
  const sent = body === undefined || body instanceof FormData || body instanceof Blob || body instanceof URLSearchParams
    ? body : JSON.stringify(body);
  if (typeof sent === "string") headers = { "Content-Type": "application/json", ...headers };
  const answer = await fetch(path, { method, body: sent, headers: { "X-CSRF-Token": token, ...headers }, signal });
  const kind = answer.headers.get("Content-Type") || "";
  const told = kind.includes("json") ? await answer.json() : {};
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

export { token };
