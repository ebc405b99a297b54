// Says each trouble once: what stays wrong is not repeated every minute, and what is put right and goes wrong again is
// said again.

export interface TroubleBook {
  /** `sentence` null: all is well with this topic. */
  note(topic: string, sentence: string | null): void;
}

export function createTroubleBook(say: (line: string) => void): TroubleBook {
  const saidByTopic = new Map<string, string>();
  return {
    note(topic, sentence) {
      if (sentence === null) {
        saidByTopic.delete(topic);
      } else if (saidByTopic.get(topic) !== sentence) {
        saidByTopic.set(topic, sentence);
        say(sentence);
      }
    },
  };
}
