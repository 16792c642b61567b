// What a parent says: recorded with the microphone, or taken from a file where the browser gives none.

// What Telegram plays as a voice note comes first; the last is what older browsers record, and the demo plays too.
const TYPES = ["audio/ogg;codecs=opus", "audio/mp4", "audio/webm;codecs=opus"];

/**
 * A recording that has begun: `seconds()` so far, `finish()` gives `{ sound, seconds }`, `cancel()` gives nothing. Rejects where
 * the browser has no microphone, or the parent does not lend it.
 */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  const pieces = [];
  recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  const begun = performance.now();
  const seconds = () => Math.floor((performance.now() - begun) / 1000);
  const cancel = async () => {
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
    await stopped;
  };
  recorder.start();
  return {
    seconds,
    cancel,
    finish: async () => {
      const length = Math.max(1, seconds());
      await cancel();
      return { sound: new Blob(pieces, { type: recorder.mimeType }), seconds: length };
    },
  };
}

/** How long a file plays, in whole seconds; 1 when it does not say. */
export function lengthOf(file) {
  const address = URL.createObjectURL(file);
  const player = new Audio();
  return new Promise((resolve) => {
    const done = () => {
      URL.revokeObjectURL(address);
      resolve(Number.isFinite(player.duration) ? Math.max(1, Math.round(player.duration)) : 1);
    };
    player.addEventListener("loadedmetadata", done);
    player.addEventListener("error", done);
    player.preload = "metadata";
    player.src = address;
  });
}

/** "0:42" */
export const clockOf = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
