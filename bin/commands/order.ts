import { parseArgs } from "node:util";
import { Filling, fillings } from "../../shared/pierogi/menu.ts";
import { converse } from "../api/conversation.ts";
import { type ApiRequest, api, sender } from "../api/http.ts";
import { apiUrl, newKey } from "../api/local.ts";
import { UsageError } from "../command.ts";
import { nearest } from "../nearest.ts";
import { aggregateId, wholeNumber } from "../options.ts";

export const usage = `Usage: npx pierogi order add <order> <filling> [portions] [--customer C]
       npx pierogi order remove <order> <filling>
       npx pierogi order submit <order>
       npx pierogi order cancel-payment <order>
       npx pierogi order show <order>

Makes one request of the HTTP API, prints it and the answer, and follows it to its outcome.
Ends with exit code 1 if it is refused or rejected.
Fillings: ${fillings.join(", ")}.
  --customer C   whose order it is (default 1)
  --key K        the Idempotency-Key (default: a new UUID); with the same key a repeated request counts once
  --url U        where the API is (default: the running stack)
  --data FOLDER  the folder of the running stack, if it was started with --data`;

interface Given {
  readonly key: string;
  readonly customer: string;
}

interface Action {
  readonly parameters: readonly string[];
  readonly optional?: readonly string[];
  readonly request: (values: readonly string[], given: Given) => ApiRequest;
}

const actions: Readonly<Record<string, Action>> = {
  add: {
    parameters: ["order", "filling"],
    optional: ["portions"],
    request: ([order = "", filling = "", portions = "1"], { key, customer }) =>
      api.addItem(order, key, {
        customerId: aggregateId("--customer", customer),
        filling: fillingOf(filling),
        portions: wholeNumber("portions", portions, 1, 100),
      }),
  },
  remove: {
    parameters: ["order", "filling"],
    request: ([order = "", filling = ""], { key }) => api.removeItem(order, key, fillingOf(filling)),
  },
  submit: { parameters: ["order"], request: ([order = ""], { key }) => api.submit(order, key) },
  "cancel-payment": {
    parameters: ["order"],
    request: ([order = ""], { key }) => api.cancelPayment(order, key),
  },
  show: { parameters: ["order"], request: ([order = ""]) => api.order(order) },
};

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      customer: { type: "string", default: "1" },
      key: { type: "string" },
      url: { type: "string" },
      data: { type: "string" },
    },
  });
  const [name = "", ...rest] = positionals;
  const { parameters, optional = [], request } = actionOf(name);
  if (rest.length < parameters.length || rest.length > parameters.length + optional.length) {
    const form = [...parameters.map((parameter) => `<${parameter}>`), ...optional.map((each) => `[${each}]`)];
    throw new UsageError(`expected: npx pierogi order ${name} ${form.join(" ")}`);
  }
  aggregateId("order", rest[0] ?? "");
  const { key = newKey(), customer } = values;
  const asked = request(rest, { key, customer });
  const url = await apiUrl(values);
  return converse(url, sender(url), asked, console.log);
}

function fillingOf(text: string): string {
  const { success } = Filling.safeParse(text);
  if (success) return text;
  const meant = nearest(text, fillings);
  const hint = meant === undefined ? "there are" : `did you mean "${meant}"? There are`;
  throw new UsageError(`filling is "${text}"; ${hint} ${fillings.join(", ")}`);
}

function actionOf(name: string): Action {
  if (name === "") throw new UsageError(`expected what to do\n${usage.split("\n\n", 1).join()}`);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return action;
  const names = Object.keys(actions);
  const meant = nearest(name, names);
  throw new UsageError(
    `order can ${names.join(", ")}, but not "${name}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
  );
}
