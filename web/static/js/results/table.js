// Sorts the rows that are there by the column whose head is chosen: numbers as numbers, empty cells last. As the server does.
const NUMBER = /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*%?\s*$/;
const isNumber = (text) => text.length <= 40 && NUMBER.test(text);

function compare(one, other) {
  const numbers = [isNumber(one), isNumber(other)];
  if (numbers[0] && numbers[1]) return parseFloat(one) - parseFloat(other);
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  return one.localeCompare(other);
}

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  table.tHead.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const column = heads.indexOf(link.closest("th"));
    const descending = heads[column].getAttribute("aria-sort") === "ascending";
    const rows = [...body.rows].map((row) => [row.cells[column].textContent, row]);
    const filled = rows.filter(([text]) => text.trim());
    const empty = rows.filter(([text]) => !text.trim());
    filled.sort((one, other) => (descending ? -1 : 1) * compare(one[0], other[0]));
    body.append(...[...filled, ...empty].map(([, row]) => row));
    heads.forEach((head, number) => head.setAttribute("aria-sort", number === column ? (descending ? "descending" : "ascending") : "none"));
    document.querySelector("#sorted").textContent = table.dataset.sorted.replace("{column}", () => link.textContent);
  });
}
