import { expect, it } from "vitest";
import { bareTitle } from "./title";

const counts = { new: 2, changed: 0, gone: 0 };

it("says counts once", () => {
  expect(bareTitle("读入“甲:乙”:新增 2 条,变更 0 条,消失 0 条", counts)).toBe("读入“甲:乙”");
  expect(bareTitle("Read “A: b”: 2 new, 0 changed, 0 gone", counts)).toBe("Read “A: b”");
  expect(bareTitle("Corrected “A”: GDP", undefined)).toBe("Corrected “A”: GDP");
});
