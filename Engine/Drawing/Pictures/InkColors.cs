namespace Cnn.Engine.Drawing.Pictures;

/// <summary>The colours of the inks.</summary>
internal static class InkColors
{
    // The palette's colour of each kind of layers; the last kind has that of texts.
    private static readonly int[] Series = [7, 0, 5, 2, 4, 6, 3, 1];

    /// <summary>All inks that are seen.</summary>
    public static IEnumerable<Ink> All =>
        Enumerable.Range((int)Ink.Ground, (int)Ink.Kind - 1).Select(i => (Ink)i)
            .Concat(Enum.GetValues<LayerKind>().Select(Of));

    /// <summary>Returns the ink of a kind of layers.</summary>
    public static Ink Of(LayerKind kind) => Ink.Kind + (int)kind;

    /// <summary>Returns an ink's colour as <c>#rrggbb</c>.</summary>
    public static string Color(Ink ink, bool isDark)
    {
        var ground = isDark ? Palette.OnDark : Palette.OnLight;
        return ink switch
        {
            Ink.Ground => ground.Ground,
            Ink.Text => ground.Text,
            Ink.Faint => ground.Faint,
            Ink.Grid => ground.Grid,
            _ when ink - Ink.Kind < Series.Length => (isDark ? Palette.Dark : Palette.Light)[Series[ink - Ink.Kind]],
            _ => ground.Text,
        };
    }
}
