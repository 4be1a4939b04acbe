using System.Runtime.InteropServices;

namespace Cnn.Runner.Commands.Support;

/// <summary>The native library that decodes images and draws plots, where it is absent.</summary>
internal static class NativeLibrary
{
    private const string Name = "libSkiaSharp";

    /// <summary>What to tell of a failure whose cause is that it cannot be loaded.</summary>
    /// <returns>Null where the cause is another.</returns>
    public static string? MissingIn(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException && cause.Message.Contains(Name, StringComparison.Ordinal))
            {
                return $"images and plots need the native library {Name}, which is not installed for "
                    + $"{RuntimeInformation.RuntimeIdentifier}; everything else works without it";
            }
        }

        return null;
    }
}
