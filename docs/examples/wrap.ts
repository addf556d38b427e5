import { createResilience, resilient } from 'holdfast';

const resilience = createResilience();

// A function keeps its arguments, its `this` and its name, and gives a promise.
function embed(text: string): number[] {
  return [text.length];
}
const safeEmbed = resilience.wrap('embed', embed);
console.log(safeEmbed.name, await safeEmbed('some text'));

// A method, by a standard decorator (no `experimentalDecorators`).
class Chat {
  readonly model = 'small';

  @resilient(resilience, 'chat')
  async ask(question: string): Promise<string> {
    return `${this.model}: ${question}`;
  }
}
console.log(await new Chat().ask('Why?'));

await resilience.close();
