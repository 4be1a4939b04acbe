using Cnn.Proto;
using Serilog;

namespace Cnn.Engine.Runs;

/// <summary>Logs the warnings of a definition.</summary>
internal static class Warnings
{
    /// <summary>Logs the warnings, such as what an upgrade dropped, one line each.</summary>
    public static void Warn(this ILogger log, IEnumerable<Diagnostic> warnings)
    {
        foreach (Diagnostic warning in warnings)
        {
            // The source line and its caret are left out: they would be lines without the log's prefix.
            log.Warning(
                "{Line:l}",
                (warning with
                {
                    Location = warning.Location is { } at ? at with { LineText = null } : null,
                }).ToString());
        }
    }
}
