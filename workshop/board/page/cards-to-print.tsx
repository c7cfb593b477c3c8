import type { ComponentChildren } from "preact";
import { gameCards, messageCards, pieces, roleCards } from "../cards.ts";
import { Pierog } from "./pieces.tsx";

/** Every card on a page of its own, A5, in black and white. */
export const CardsToPrint = () => (
  <main class="print">
    <div class="print-intro">
      <h2>Cards to print</h2>
      <p>
        {roleCards.length + messageCards.length + pieces.length + gameCards.length} pages of A5, black and
        white. Print the message cards twice: copies are part of the game.
      </p>
      <button type="button" class="primary" onClick={() => print()}>
        Print
      </button>
    </div>
    <div class="pages">
      {roleCards.map(({ role, holds, may, says }) => (
        <Page key={role} kind="Role" title={role}>
          <List title="I hold" lines={holds} />
          <List title="I may" lines={may} />
          <List title="I say" lines={says} />
        </Page>
      ))}
      {messageCards.map(({ type, filling, from }) => (
        <Page key={`${type} ${filling}`} size="large" kind={from} title={type}>
          {filling === "" ? null : (
            <p class="print-filling">
              <Pierog filling={filling} />
              {filling}
            </p>
          )}
          <p class="blank">id</p>
          <p class="blank">copy of</p>
        </Page>
      ))}
      {pieces.map(({ title, hint, columns }) => (
        <Page key={title} kind="Piece" title={title}>
          <p>{hint}</p>
          {columns.length === 0 ? <div class="print-space" /> : <Ruled columns={columns} />}
        </Page>
      ))}
      {gameCards.map(({ title, rules, youBreak, discovery, newRule, steps }) => (
        <Page key={title} size="dense" kind="For the facilitator" title={title}>
          <List title="Rules at the beginning" lines={[rules]} />
          <List title="You break" lines={[youBreak]} />
          <h3>Step by step</h3>
          <ol>
            {steps.map((step, index) => (
              <li key={index}>{step}</li>
            ))}
          </ol>
          <List title="They discover" lines={[discovery]} />
          <List title="New rule" lines={[newRule]} />
        </Page>
      ))}
    </div>
  </main>
);

interface PageProps {
  readonly kind: string;
  readonly title: string;
  /** Much to read, in smaller type; or little, to be read across the room. */
  readonly size?: "dense" | "large";
  readonly children: ComponentChildren;
}

const Page = ({ kind, title, size, children }: PageProps) => (
  <article class={`sheet-a5 ${size ?? ""}`}>
    <p class="kind">{kind}</p>
    <h2>{title}</h2>
    {children}
  </article>
);

const List = ({ title, lines }: { title: string; lines: readonly string[] }) => (
  <>
    <h3>{title}</h3>
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  </>
);

const Ruled = ({ columns }: { columns: readonly string[] }) => (
  <table>
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column} scope="col">
            {column}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {["1", "2", "3", "4", "5", "6"].map((row) => (
        <tr key={row}>
          {columns.map((column) => (
            <td key={column} />
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
