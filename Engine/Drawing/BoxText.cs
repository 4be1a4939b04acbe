namespace Cnn.Engine.Drawing;

/// <summary>A box as a few lines of text, for other programs that draw.</summary>
internal static class BoxText
{
    private const int MostLines = 12;

    /// <summary>Returns the lines, the name first.</summary>
    public static IEnumerable<string> Lines(DrawnBox box)
    {
        if (box.IsOutput)
        {
            return [box.Name, box.Tops[0].Shape];
        }

        IEnumerable<string> lines = box.Module is { } module ? Of(module, box) : Of(box);
        lines = box.Parameters > 0 ? lines.Append(NumberText.Parameters(box.Parameters)) : lines;
        string[] owners = [.. box.Layers.Select(r => r.SharedWith).Where(o => o.Length > 0).Distinct().Take(2)];
        return lines.Concat(owners.Select(o => $"shares the parameters of {o}"));
    }

    private static IEnumerable<string> Of(DrawnBox box) =>
    [
        box.Name,
        box.Rows[0].Text,
        .. box.Rows.Skip(1).Select(r => $"+ {r.Text}"),
        .. box.Tops.Take(MostLines)
            .Select(t => box.Tops.Count == 1 && t.Name == box.Name ? t.Shape : $"{t.Name}: {t.Shape}"),
    ];

    private static IEnumerable<string> Of(DrawnModule module, DrawnBox box)
    {
        int members = module.Members.Count / module.Count;
        return
        [
            module.Count > 1 ? $"{module.Name} ({module.Count} equal modules)" : module.Name,
            .. module.Members.Take(Math.Min(members, MostLines)).Select(m => m.Rows[0].Text),
            .. members > MostLines ? (string[])[$"and {members - MostLines} more"] : [],
            $"{module.Input} → {box.Tops[0].Shape}",
        ];
    }
}
