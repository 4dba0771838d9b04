import { App, ConfigProvider, theme as antTheme } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import type { ReactNode } from "react";
import { useLang } from "../state/lang";
import { token, useTheme } from "../state/theme";

/** Ant Design in our paper and ink; only the parts wrapped in this load it. */
export default function AntTheme({ children }: { children: ReactNode }) {
  const { lang } = useLang();
  const { theme } = useTheme();
  return (
    <ConfigProvider
      locale={lang === "zh" ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: theme === "dark" ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
        token: {
          colorPrimary: token("river"),
          colorSuccess: token("jade"),
          colorWarning: token("gold-thread"),
          colorError: token("cinnabar"),
          colorLink: token("river"),
          colorBgBase: token("sheet"),
          colorBgContainer: token("sheet"),
          colorBgElevated: token("sheet"),
          colorText: token("ink"),
          colorTextSecondary: token("ink-2"),
          colorTextDescription: token("ink-3"),
          colorTextPlaceholder: token("ink-3"),
          colorTextTertiary: token("ink-3"),
          colorBorder: token("line-2"),
          colorBorderSecondary: token("line"),
          colorTextLightSolid: token("on-river"),
          fontFamily: token("sans"),
          fontSize: 14,
          borderRadius: 6,
          controlHeight: 36,
          motion: !matchMedia("(prefers-reduced-motion: reduce)").matches,
          motionDurationMid: "0.15s",
          motionDurationSlow: "0.15s",
        },
        components: {
          Table: { headerBg: token("paper-2"), headerColor: token("ink-2"), cellPaddingBlock: 9 },
        },
      }}
    >
      <App component={false}>{children}</App>
    </ConfigProvider>
  );
}
