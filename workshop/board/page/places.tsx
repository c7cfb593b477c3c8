import type { ComponentChildren } from "preact";
import type { Move, Role } from "../../../model/index.ts";
import type { Holdings, Seat } from "../holdings.ts";
import { CardView, LockToken, Pile, SheetView } from "./pieces.tsx";

interface PlaceProps {
  readonly who: string;
  readonly title?: string;
  /** It made the last move. */
  readonly acted: boolean;
  readonly moves: ComponentChildren;
  readonly children: ComponentChildren;
}

const Place = ({ who, title = who, acted, moves, children }: PlaceProps) => (
  <section class={`place ${who.toLowerCase()} ${acted ? "acted" : ""}`} aria-labelledby={who}>
    <h2 id={who}>
      {title}
      {acted ? <span class="acted-mark">just now</span> : null}
    </h2>
    <div class="holds">{children}</div>
    {moves}
  </section>
);

/** The five places of the table, with what each holds and may do. */
export function Places({
  held,
  last,
  movesOf,
}: {
  readonly held: Holdings;
  readonly last: Move | undefined;
  readonly movesOf: (...roles: readonly Role[]) => ComponentChildren;
}) {
  const acted = (...roles: readonly Role[]) => last !== undefined && roles.includes(last.role);
  const [order, bill] = held.sheets;
  return (
    <div class="places">
      <Place who="Client" acted={acted("Client")} moves={movesOf("Client")}>
        <Pile label="still to send" cards={held.toSend} empty="All is sent." />
      </Place>
      <Place who="Broker" acted={acted("Broker")} moves={movesOf("Broker")}>
        {held.queues.map(({ name, waiting, late, dead }) => (
          <div key={name} class="queue">
            <Pile label={name === "Orders" ? "queue" : `${name}'s queue`} cards={waiting} empty="empty" />
            {late.length > 0 ? <Pile label="under the table" cards={late} empty="" place="late" /> : null}
            {dead.length > 0 ? <Pile label="dead letters" cards={dead} empty="" place="dead" /> : null}
          </div>
        ))}
      </Place>
      <Place
        who="Handler"
        title={held.seats.length > 1 ? "Handlers" : "Handler"}
        acted={acted("Handler")}
        moves={movesOf("Handler")}
      >
        {held.seats.map((seat) => (
          <SeatView key={seat.name} seat={seat} title={held.seats.length > 1} />
        ))}
      </Place>
      <Place who="Database" acted={acted("Database", "Clock")} moves={movesOf("Database", "Clock")}>
        {held.now === undefined ? null : <p class="clock">Clock: {held.now}</p>}
        {order === undefined ? null : <SheetView title="order sheet" sheet={order} />}
        {held.tray === undefined ? null : (
          <Pile label="outbox tray" cards={held.tray} empty="empty" place="in-tray" />
        )}
      </Place>
      <Place
        who="Dispatcher"
        acted={acted("Dispatcher", "Operator")}
        moves={movesOf("Dispatcher", "Operator")}
      >
        {held.dispatcher?.card === undefined ? null : <SeatView seat={held.dispatcher} title={false} />}
        {bill === undefined ? null : <SheetView title="Billing's sheet" sheet={bill} />}
        {held.marketing === undefined ? null : (
          <div class="sheet">
            <h3>Marketing's sheet</h3>
            <p class={held.marketing === 0 ? "none" : ""}>{heard(held.marketing)}</p>
          </div>
        )}
      </Place>
    </div>
  );
}

const heard = (times: number): string =>
  times === 0 ? "has heard nothing" : times === 1 ? "“first!” heard once" : `“first!” heard ${times} times`;

function SeatView({ seat, title }: { seat: Seat; title: boolean }) {
  const { name, card, hasLock } = seat;
  return (
    <div class="seat">
      {title ? <h3>{name}</h3> : null}
      {card === undefined ? (
        <p class="none">empty hands</p>
      ) : (
        <>
          <ul class="cards">
            <CardView card={card} />
            {hasLock ? (
              <li>
                <LockToken />
              </li>
            ) : null}
          </ul>
          {hasLock || name === "Dispatcher" ? null : <p class="no-lock">goes on without a lock</p>}
        </>
      )}
    </div>
  );
}
