using System.Text;
using Cnn.Engine.Drawing;

namespace Cnn.Engine.Pages;

/// <summary>The fixed parts of the page: template, style and scripts, which lie beside this file.</summary>
internal static class PageAssets
{
    private const string Prefix = "pages/";

    // In this order: a script uses what those before it define.
    private static readonly string[] Scripts =
    [
        "text.js", "settings.js", "scale.js", "chart.js", "ridges.js", "matrix.js", "header.js", "sections.js",
        "compare.js", "run.js",
    ];

    /// <summary>The template; <c>{{NAME}}</c> stands for a part.</summary>
    public static string Template { get; } = Read("run.html");

    /// <summary>The style, with the colours of <see cref="Palette"/>, as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Style { get; } = Encoding.UTF8.GetBytes(StyleText());

    /// <summary>All scripts as one, with names of its own, as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Script { get; } = Encoding.UTF8.GetBytes(
        $"(() => {{\n\"use strict\";\n{string.Concat(Scripts.Select(Read))}}})();\n");

    private static string StyleText()
    {
        string light = Variables("light", Palette.Light, Palette.OnLight);
        string dark = Variables("dark", Palette.Dark, Palette.OnDark);
        return $":root{light}\n"
            + $"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){dark}}}\n"
            + $":root[data-theme=dark]{dark}\n"
            + Read("run.css");
    }

    private static string Variables(
        string scheme,
        IReadOnlyList<string> series,
        (string Ground, string Text, string Faint, string Grid) on)
    {
        var text = new StringBuilder($"{{color-scheme:{scheme};");
        for (int i = 0; i < series.Count; i++)
        {
            text.Append($"--s{i}:{series[i]};");
        }

        return text.Append($"--ground:{on.Ground};--text:{on.Text};--faint:{on.Faint};--grid:{on.Grid}}}").ToString();
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(PageAssets).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
