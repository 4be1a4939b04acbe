using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cnn.Runner.Display;

/// <summary>
/// Turns what Spectre lays out into lines with the colours that the terminal has; none where <c>NO_COLOR</c> is set.
/// </summary>
internal sealed class AnsiText : IDisposable
{
    private readonly StringWriter writer = new() { NewLine = "\n" };
    private readonly IAnsiConsole console;

    /// <summary>Prepares to write for a terminal.</summary>
    /// <param name="colors">The colours of the terminal.</param>
    /// <param name="glyphs">The characters of the terminal.</param>
    public AnsiText(ColorSystemSupport colors, Glyphs glyphs)
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = colors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Capabilities.Unicode = glyphs == Glyphs.Unicode;
        console.Profile.Capabilities.Links = false;
    }

    /// <summary>Returns the lines of a layout.</summary>
    /// <param name="what">What is laid out.</param>
    /// <param name="width">The greatest number of columns.</param>
    public IReadOnlyList<string> Lines(IRenderable what, int width)
    {
        StringBuilder text = writer.GetStringBuilder().Clear();
        (console.Profile.Width, console.Profile.Height) = (Math.Max(1, width), int.MaxValue);
        console.Write(what);
        return text.ToString().TrimEnd('\n').Split('\n');
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();
}
