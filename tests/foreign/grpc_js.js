// A client of @grpc/grpc-js, as an integrator would write it: prints what it saw as JSON. Arguments: the address, the file
// with the CA that vouches for it (empty where there is no TLS), the file with the token, the folders with the protos.
"use strict";
const fs = require("fs");
const path = require("path");
const modules = path.join(__dirname, "../../deploy/npm/node_modules");
const grpc = require(path.join(modules, "@grpc/grpc-js"));
const loader = require(path.join(modules, "@grpc/proto-loader"));

const [address, ca, tokenFile, ...folders] = process.argv.slice(2);
const authorization = "Bearer " + fs.readFileSync(tokenFile, "utf8").trim();
const credentials = ca ? grpc.credentials.createSsl(fs.readFileSync(ca)) : grpc.credentials.createInsecure();
const load = (file) =>
  grpc.loadPackageDefinition(loader.loadSync(file, { includeDirs: folders, keepCase: true, longs: String, enums: String }));
const gateway = new (load("anju/gateway/v1/gateway.proto").anju.gateway.v1.Gateway)(address, credentials);
const registry = new (load("anju/registry/v1/registry.proto").anju.registry.v1.Registry)(address, credentials);
const health = new (load("health.proto").grpc.health.v1.Health)(address, credentials);

function metadata(more = {}) {
  const sent = new grpc.Metadata();
  for (const [name, value] of Object.entries({ authorization, ...more })) if (value) sent.set(name, value);
  return sent;
}
function call(client, method, request, more, options) {
  return new Promise((resolve) => {
    const unary = client[method](request, metadata(more), options || {}, (error, answer) => {
      // The reason is a string in there; the contract of google.rpc.Status need not be read for it.
      const details = error && String(error.metadata.get("grpc-status-details-bin")[0] || "");
      resolve(error ? { code: error.code, message: error.details, head, details } : { answer, head });
    });
    let head = {};
    unary.on("metadata", (seen) => (head = seen.getMap()));
  });
}
// One batch after another, the next one when the receipt of the last has come; after so many receipts it calls it off.
function sendIn(batches, more, patience = Infinity) {
  return new Promise((resolve) => {
    const receipts = [];
    const stream = registry.ImportHouseholds(metadata(more));
    stream.on("data", (receipt) => {
      receipts.push(receipt);
      if (receipts.length >= patience) stream.cancel();
      else if (receipts.length < batches.length) stream.write(batches[receipts.length]);
      else stream.end();
    });
    stream.on("error", (error) => resolve({ receipts, code: error.code, message: error.details }));
    stream.on("status", (status) => status.code === 0 && resolve({ receipts, code: 0 }));
    stream.write(batches[0]);
  });
}
// A stream without end, until its deadline.
function watch(options) {
  return new Promise((resolve) => {
    const statuses = [];
    const stream = health.Watch({}, metadata(), options);
    stream.on("data", (answer) => statuses.push(answer.status));
    stream.on("error", (error) => resolve({ statuses, code: error.code }));
  });
}

async function main() {
  const rows = (first, count) =>
    Array.from({ length: count }, (_, i) => ({
      household_no: `J${first + i}`, village: "450328101202", registered_on: "2016-01-01", household_class: "HOUSEHOLD_CLASS_REGISTERED_POOR",
    }));
  const batch = (number, last, id = "js-1") => ({ import_id: id, number, division: "450328", source: "js", last, first_row: 2 + 500 * (number - 1) });
  const seen = {};
  seen.overview = await call(gateway, "GetOverview", { division: "450328", month: "2018-10" }, { "x-request-id": "js-7" });
  seen.stranger = await call(gateway, "GetOverview", { division: "450328", month: "2018-10" }, { authorization: "" });
  seen.missing = await call(registry, "GetHousehold", { id: "nobody" });
  seen.late = await call(registry, "ListHouseholds", { division: "450328" }, {}, { deadline: Date.now() - 1 });
  seen.imported = await sendIn([
    { batch: batch(1, false), rows: rows(1, 500) },
    { batch: batch(2, false), rows: rows(501, 500) },
    { batch: batch(3, true), rows: [...rows(1001, 10), { ...rows(1, 1)[0], household_no: "X", village: "999999999999" }] },
  ]);
  seen.cancelled = await sendIn([{ batch: batch(1, false, "js-2"), rows: rows(2001, 5) }], { "x-request-id": "js-cancelled" }, 1);
  seen.watched = await watch({ deadline: Date.now() + 1500 });
  seen.listed = await call(registry, "ListHouseholds", { division: "450328", page_size: 5 });
  console.log(JSON.stringify(seen));
  gateway.close();
  registry.close();
  health.close();
}
main();
