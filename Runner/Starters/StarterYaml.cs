using System.Text;
using System.Text.RegularExpressions;
using Cnn.Proto;

namespace Cnn.Runner.Starters;

/// <summary>
/// Rewrites a starter's prototxt as YAML with the same comments, so that each starter is written once. It knows the
/// form of those files alone: a field a line with its comment; blocks either in one line, or opened by a line that ends
/// in a brace; lists likewise; the values of a repeated field one after the other.
/// </summary>
internal sealed partial class StarterYaml
{
    private readonly string[] lines;
    private readonly StringBuilder yaml = new();

    // Where most comments begin.
    private readonly int commentColumn;

    private int next;

    private StarterYaml(string prototxt)
    {
        lines = prototxt.TrimEnd('\n').Split('\n');
        commentColumn = lines.Select(Line.Of)
            .Where(line => line.Text.Length > 0 && line.Comment.Length > 0)
            .CountBy(line => line.CommentColumn)
            .MaxBy(columns => columns.Value)
            .Key;
    }

    /// <summary>Returns the YAML.</summary>
    public static string From(string prototxt)
    {
        var converter = new StarterYaml(prototxt);
        converter.Block(0, isItem: false);
        return converter.yaml.ToString();
    }

    // Writes the fields from the next line to the end of their block.
    private void Block(int indent, bool isItem)
    {
        HashSet<string> repeated = RepeatedNames();
        var begun = new HashSet<string>();
        while (next < lines.Length)
        {
            var line = Line.Of(lines[next++]);
            if (line.Text == "}")
            {
                return;
            }

            if (line.Text.Length == 0)
            {
                Write(indent, "", line);
                continue;
            }

            string name = Name().Match(line.Text).Value;
            string before = isItem ? "- " : "";
            int column = isItem ? indent - before.Length : indent;
            isItem = false;
            if (!repeated.Contains(name))
            {
                Field(column, $"{before}{name}:", line, indent + 2);
                continue;
            }

            if (begun.Add(name))
            {
                Write(column, $"{before}{name}:", Line.Of(""));
            }

            Field(indent, "-", line, indent + 2);
        }
    }

    // Writes a field after its name or dash.
    private void Field(int column, string before, Line line, int indent)
    {
        if (line.Text.EndsWith('{'))
        {
            bool isItem = before == "-";
            if (!isItem || line.Comment.Length > 0)
            {
                Write(column, isItem ? "" : before, line);
            }

            Block(indent, isItem);
        }
        else if (line.Text.EndsWith('['))
        {
            Write(column, before + " [", line);
            Rows(indent);
        }
        else
        {
            Write(column, $"{before} {new FlowValue(line.Text).Convert()}", line);
        }
    }

    // Copies the rows of a list, whose form is the same in YAML.
    private void Rows(int indent)
    {
        string row;
        do
        {
            row = lines[next++].Trim();
            yaml.Append(' ', indent).Append(row).Append('\n');
        }
        while (row != "]");
    }

    // Returns the names that the block from the next line on has more than once.
    private HashSet<string> RepeatedNames()
    {
        var seen = new HashSet<string>();
        var repeated = new HashSet<string>();
        int depth = 0;
        for (int i = next; i < lines.Length && depth >= 0; i++)
        {
            string text = Line.Of(lines[i]).Text;
            if (depth == 0 && Name().Match(text) is { Success: true } name && !seen.Add(name.Value))
            {
                repeated.Add(name.Value);
            }

            depth += text.Count(c => c is '{' or '[') - text.Count(c => c is '}' or ']');
        }

        return repeated;
    }

    // Writes a line; its comment stands below the others, or after the text where that is longer.
    private void Write(int indent, string text, Line line)
    {
        string row = text.Length > 0 ? new string(' ', indent) + text : "";
        if (line.Comment.Length > 0)
        {
            row = line.Text.Length == 0 || text.Length == 0
                ? new string(' ', indent) + line.Comment
                : (row + "  ").PadRight(commentColumn) + line.Comment;
        }

        yaml.Append(row).Append('\n');
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*")]
    private static partial Regex Name();

    /// <summary>A line of prototxt.</summary>
    /// <param name="Text">What stands before the comment, without blanks around it.</param>
    /// <param name="Comment">The comment with its sign; empty without one.</param>
    /// <param name="CommentColumn">Where the comment begins, from 0.</param>
    private readonly record struct Line(string Text, string Comment, int CommentColumn)
    {
        public static Line Of(string line)
        {
            bool isQuoted = false;
            for (int i = 0; i < line.Length; i++)
            {
                isQuoted ^= line[i] == '"';
                if (line[i] == '#' && !isQuoted)
                {
                    return new Line(line[..i].Trim(), line[i..], i);
                }
            }

            return new Line(line.Trim(), "", 0);
        }
    }

    /// <summary>The value of a field in one line of prototxt, written as a YAML value in one line.</summary>
    private sealed partial class FlowValue
    {
        private readonly string[] tokens;
        private int at = 1;

        public FlowValue(string field) => tokens = [.. Token().Matches(field).Select(m => m.Value)];

        public string Convert() => Value();

        // Reads what follows a name: `: scalar`, `: [scalars]` or `{ fields }`.
        private string Value()
        {
            string token = tokens[at++];
            return token switch
            {
                ":" => Value(),
                "[" => List(),
                "{" => Map(),
                _ => token.StartsWith('"') ? YamlString.Print(token[1..^1]) : token,
            };
        }

        private string List()
        {
            var values = new List<string>();
            while (tokens[at] != "]")
            {
                values.Add(Value());
                at += tokens[at] == "," ? 1 : 0;
            }

            at++;
            return $"[{string.Join(", ", values)}]";
        }

        private string Map()
        {
            var fields = new List<string>();
            while (tokens[at] != "}")
            {
                fields.Add($"{tokens[at++]}: {Value()}");
            }

            at++;
            return $"{{{string.Join(", ", fields)}}}";
        }

        [GeneratedRegex("\"[^\"]*\"|[{}\\[\\]:,]|[^\\s{}\\[\\]:,\"]+")]
        private static partial Regex Token();
    }
}
