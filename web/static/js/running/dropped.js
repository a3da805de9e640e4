// Files out of what was dropped or chosen: folders are walked, each file gets the path that it had in them.

/** Returns [file, path] of all that was dropped; reads the entries at once, they are gone after the event. */
export async function fromDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some(Boolean)) return [...transfer.files].map((file) => [file, file.name]);
  const found = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found;
}

/** The same of a file field; one for folders gives paths. */
export const fromField = (field) => [...field.files].map((file) => [file, file.webkitRelativePath || file.name]);

async function walk(entry, found) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    found.push([await new Promise((resolve, reject) => entry.file(resolve, reject)), path]);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await walk(each, found);
  }
}
