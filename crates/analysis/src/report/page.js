"use strict";
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (wantsDark.matches ? "dark" : "light")) === "dark";
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  if (location.hash === "#dark" || location.hash === "#light") root.dataset.theme = location.hash.slice(1);
  button.hidden = false;
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); });
  wantsDark.addEventListener("change", label);
  label();

  const thin = "\u202f";
  const number = (value, decimals) => {
    const [digits, rest] = Math.abs(value).toFixed(decimals).split(".");
    const sign = value < 0 && Number(Math.abs(value).toFixed(decimals)) !== 0 ? "\u2212" : "";
    return sign + digits.replace(/\B(?=(\d{3})+$)/g, thin) + (rest ? "." + rest : "");
  };
  const clock = (seconds, step) => {
    const decimals = step < 1 ? 3 : 0;
    const whole = decimals ? Math.floor(seconds) : Math.round(seconds);
    const part = n => String(Math.floor(n)).padStart(2, "0");
    const day = Math.floor(whole / 86400);
    const time = part(whole / 3600 % 24) + ":" + part(whole / 60 % 60) + ":" + part(whole % 60);
    const fraction = decimals ? (seconds - whole).toFixed(3).slice(1) : "";
    return (day > 0 ? "+" + day + thin + "d " : "") + time + fraction;
  };

  for (const stack of document.querySelectorAll(".stack")) {
    const data = JSON.parse(stack.querySelector("script").textContent);
    const readout = stack.querySelector(".readout");
    const canvases = [...stack.querySelectorAll(".panel .canvas")];
    const count = Math.max(0, ...data.readings.map(reading => reading.values.length));
    if (!count || !(data.span > 0)) continue;
    const hairs = canvases.map(canvas => {
      const hair = document.createElement("div");
      hair.className = "hair";
      hair.hidden = true;
      canvas.append(hair);
      return hair;
    });
    let place = -1;
    const rest = () => {
      place = -1;
      hairs.forEach(hair => { hair.hidden = true; });
      readout.textContent = "Point at a chart to read the figures of a moment.";
    };
    const show = index => {
      place = Math.min(Math.max(index, 0), count - 1);
      const seconds = Math.min((place + 0.5) * data.step, data.span);
      hairs.forEach(hair => { hair.hidden = false; hair.style.left = seconds / data.span * 100 + "%"; });
      const parts = [[clock(data.start + seconds, data.step), ""]];
      for (const reading of data.readings) {
        const value = reading.values[place];
        if (value !== undefined) parts.push([value === null ? "\u2013" : number(value, reading.decimals), reading.name, reading.unit]);
      }
      readout.replaceChildren(...parts.map(([figure, name, unit]) => {
        const part = document.createElement("span");
        const strong = document.createElement("b");
        strong.textContent = figure;
        part.append(name ? name + " " : "", strong, unit && figure !== "\u2013" ? " " + unit : "");
        return part;
      }));
    };
    readout.hidden = false;
    rest();
    stack.addEventListener("pointermove", event => {
      const box = canvases[0].getBoundingClientRect();
      const share = (event.clientX - box.left) / box.width;
      if (share < 0 || share > 1) rest(); else show(Math.floor(share * data.span / data.step));
    });
    stack.addEventListener("pointerleave", rest);
    stack.addEventListener("blur", rest);
    stack.addEventListener("keydown", event => {
      const jump = event.shiftKey ? 10 : 1;
      if (event.key === "ArrowRight") show(place + jump);
      else if (event.key === "ArrowLeft") show(place < 0 ? count - 1 : place - jump);
      else if (event.key === "Escape") rest();
      else return;
      event.preventDefault();
    });
  }
})();
