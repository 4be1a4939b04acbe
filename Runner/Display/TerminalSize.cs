namespace Cnn.Runner.Display;

/// <summary>The size of the terminal of this process.</summary>
internal static class TerminalSize
{
    private const int UsualColumns = 80, UsualRows = 24;

    /// <summary>Returns its current number of columns; 80 where that is unknown.</summary>
    public static int Columns() => Read(() => Console.WindowWidth, UsualColumns);

    /// <summary>Returns its current number of rows; 24 where that is unknown.</summary>
    public static int Rows() => Read(() => Console.WindowHeight, UsualRows);

    private static int Read(Func<int> size, int usual)
    {
        try
        {
            return size() is > 0 and int read ? read : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }
}
