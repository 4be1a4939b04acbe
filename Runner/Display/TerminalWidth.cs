namespace Cnn.Runner.Display;

/// <summary>The width of the terminal of this process.</summary>
internal static class TerminalWidth
{
    private const int Usual = 80;

    /// <summary>Returns its current number of columns; 80 where that is unknown.</summary>
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
