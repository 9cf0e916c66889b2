/** Carries the selection between the page in its frame and the widget's model in the notebook. */

function render({ model }) {
  const pages = new Set(); // a notebook can show the same map several times
  const light = () => {
    for (const page of pages) page.postMessage({ rows: model.get("_rows") }, "*");
  };
  const hear = ({ source, data }) => {
    if (data?.map !== model.get("_map")) return;
    pages.add(source);
    if (data.rows) {
      model.set("_rows", data.rows);
      model.save_changes();
    }
    light(); // also tells the page that it is heard
  };
  window.addEventListener("message", hear);
  model.on("change:_rows", light);
  return () => {
    window.removeEventListener("message", hear);
    model.off("change:_rows", light);
  };
}

export default { render };
