namespace Cnn.Runner.Display;

/// <summary>The width of the terminal of this process.</summary>
internal static class TerminalWidth
{
    private const int Usual = 80;

    /// <summary>Its columns now; 80 where they cannot be told.</summary>
    public static int Columns()
    {
        try
        {
            return Console.WindowWidth is > 0 and int width ? width : Usual;
        }
        catch (IOException)
        {
            return Usual;
        }
    }
}
