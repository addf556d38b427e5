/** A place in a {@link WaitingList}. The list alone writes its links. */
export interface Linked<Place> {
  previous: Place | undefined;
  next: Place | undefined;
}

/** A queue from whose middle a place is removed in constant time. */
export class WaitingList<Place extends Linked<Place>> {
  first: Place | undefined;
  last: Place | undefined;

  add(place: Place): void {
    place.previous = this.last;
    if (this.last === undefined) this.first = place;
    else this.last.next = place;
    this.last = place;
  }

  remove(place: Place): void {
    const { previous, next } = place;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    place.previous = undefined;
    place.next = undefined;
  }
}
