using Cnn.Proto;

namespace Cnn.Runner.Display;

/// <summary>The standard streams of this process, which the parent may have closed.</summary>
internal static class StandardStream
{
    /// <summary>Opens standard output.</summary>
    public static PatientWriter Output() => Open(1, () => Console.Out);

    /// <summary>Opens standard error.</summary>
    public static PatientWriter Error() => Open(2, () => Console.Error);

    /// <summary>Opens standard input; it is empty where the parent closed it.</summary>
    public static Stream Input() =>
        OperatingSystem.IsWindows() || UnixFile.IsInherited(0) ? Console.OpenStandardInput() : Stream.Null;

    private static PatientWriter Open(int descriptor, Func<TextWriter> open)
    {
        // A closed stream's descriptor goes to the next file that is opened, which must not get the messages.
        if (!OperatingSystem.IsWindows() && !UnixFile.IsInherited(descriptor))
        {
            return new PatientWriter(null);
        }

        try
        {
            return new PatientWriter(open());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new PatientWriter(null);
        }
    }
}
