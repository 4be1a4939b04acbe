using System.Text;

namespace Cnn.Engine.Runs;

/// <summary>A table in plain text: columns padded to their widest entry, two spaces between.</summary>
/// <param name="headers">One header per column; a leading <c>&gt;</c> aligns the column to the right.</param>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> rows = [Array.ConvertAll(headers, h => h.TrimStart('>'))];

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, headers.Length);
        rows.Add(cells);
    }

    /// <summary>Adds a horizontal rule below the rows added so far.</summary>
    public void AddRule() => rows.Add([]);

    /// <summary>Returns the table; each row ends with a line feed.</summary>
    public override string ToString()
    {
        int[] widths = [.. headers.Select((_, i) => rows.Where(r => r.Length > 0).Max(r => r[i].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            if (row.Length == 0)
            {
                text.Append('-', widths.Sum() + (2 * (widths.Length - 1))).Append('\n');
                continue;
            }

            IEnumerable<string> cells = row.Select(
                (cell, i) => headers[i].StartsWith('>') ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
