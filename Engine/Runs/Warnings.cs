using Cnn.Proto;
using Serilog;

namespace Cnn.Engine.Runs;

/// <summary>Warnings of a definition in the log of a run.</summary>
internal static class Warnings
{
    /// <summary>Tells what an upgrade dropped, a line each.</summary>
    public static void Warn(this ILogger log, IEnumerable<Diagnostic> warnings)
    {
        foreach (Diagnostic warning in warnings)
        {
            // Without the source line and its caret, which would be lines that are not the log's.
            log.Warning("{Line:l}", (warning with { Location = warning.Location is { } at ? at with { LineText = null } : null }).ToString());
        }
    }
}
