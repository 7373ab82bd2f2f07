// Tells Python of another theme. Streamlit changes the variables of its style then, and runs nothing.

// component: of Streamlit. Called at every run; one element hears of one change once.
export default function ({ parentElement, setTriggerValue }) {
  const span = parentElement.querySelector("span");
  span.ontransitionend = () => setTriggerValue("background", getComputedStyle(span).backgroundColor);
}
