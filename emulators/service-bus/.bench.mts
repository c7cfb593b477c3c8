import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import { ServiceBusClient } from "@azure/service-bus";
const durable = process.argv[2] === "durable"; const N = Number(process.argv[3] ?? 5000); const mode = process.argv[4] ?? "plain";
rmSync("/tmp/sbbench/data", { recursive: true, force: true });
const child = fork(new URL("./main.ts", import.meta.url), ["--config", "/tmp/sbbench/config.json", "--port", "0", "--admin-port", "0", ...(durable ? ["--data", "/tmp/sbbench/data"] : [])], process.env.PROF ? {execArgv:["--cpu-prof","--cpu-prof-dir=/tmp/sbbench/prof"]} : {});
const ready: any = await new Promise((r) => child.on("message", (m: any) => m.type === "ready" && r(m)));
const client = new ServiceBusClient(ready.connectionString);
const queue = mode === "session" ? "lanes" : "plain";
let t = performance.now();
const sender = client.createSender(queue);
const body = { text: "x".repeat(300) };
let sent = 0;
let done = 0; let resolve: any; const all = new Promise((r) => (resolve = r));
const start = performance.now();
async function subscribe() {
  if (mode === "session") {
    for (let i = 0; i < 16; i++) void (async () => {
      const r = await client.acceptSession(queue, "s" + i);
      r.subscribe({ processMessage: async (m) => { await r.completeMessage(m); if (++done === N) resolve(); }, processError: async (e) => console.log(e.error.message) }, { autoCompleteMessages: false, maxConcurrentCalls: 4 });
    })();
  } else {
    const r = client.createReceiver(queue);
    r.subscribe({ processMessage: async (m) => { await r.completeMessage(m); if (++done === N) resolve(); }, processError: async (e) => console.log(e.error.message) }, { autoCompleteMessages: false, maxConcurrentCalls: 64 });
  }
}
await subscribe();
await Promise.all(Array.from({ length: 64 }, async () => { while (sent < N) { const n = sent++; await sender.sendMessages({ body, sessionId: "s" + (n % 16), messageId: String(n) }); } }));
console.log("sent", Math.round(N / (performance.now() - t) * 1000), "/s");
const iv=setInterval(()=>console.log("done",done),2000);await all;clearInterval(iv);
console.log(mode, durable ? "durable" : "memory", Math.round(N / (performance.now() - start) * 1000), "send+receive+complete /s; client cpu", process.cpuUsage().user/1e6);
await client.close();
child.send({ type: "stop" });
await new Promise((r) => child.on("exit", r));
