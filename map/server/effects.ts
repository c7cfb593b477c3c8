import type { HappeningKind, Item, Move, MoveKind, NodeId } from "../protocol.ts";

/** What an event does to the picture, beside the state that it changed. */
export interface Effect {
  readonly at: number;
  readonly server: string;
  readonly kind: HappeningKind;
  /** Where it happened. */
  readonly node: NodeId;
  /** Other places whose state it changed. */
  readonly touched?: readonly NodeId[];
  /** Empty: not worth a word. */
  readonly text: string;
  readonly move?: Move;
  readonly about?: About;
}

/** What a message, row or request is about. */
export interface About {
  /** The message's logical id. */
  readonly message?: string | undefined;
  readonly type?: string | undefined;
  readonly order?: string | undefined;
  /** The id of the trace that the message carries. */
  readonly trace?: string | undefined;
}

/** A move of one message. */
export const move = (
  from: NodeId,
  to: NodeId,
  kind: MoveKind,
  about: About,
  item?: Pick<Item, "delivery" | "copy">,
): Move => ({
  from,
  to,
  kind,
  type: about.type ?? "",
  order: about.order,
  delivery: item?.delivery,
  copy: item?.copy,
  count: 1,
});

/** "AddItem of order 1". */
export const named = ({ type = "a message", order }: About): string =>
  order === undefined ? type : `${type} of order ${order}`;
