using Spectre.Console.Rendering;

namespace Cnn.Runner.Commands;

/// <summary>
/// A log line on a terminal that has a live line: erases the live line, at whose start the terminal's cursor is put
/// before this is written, and leaves breaking long lines to the terminal. The live line is drawn again below.
/// </summary>
/// <param name="text">The line.</param>
internal sealed class LogLineAboveLive(string text) : Renderable
{
    private const string EraseToTheEndOfTheScreen = "\e[0J";

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        [Segment.Control(EraseToTheEndOfTheScreen), new Segment(text), Segment.LineBreak];
}
