// Draws what a terminal shows, as tmux's capture-pane -e gives it, as an SVG picture.
//
//   dotnet run eng/terminal-svg.cs -- screen.txt picture.svg light|dark

#:property RestorePackagesWithLockFile=false

using System.Globalization;
using System.Text;

const double Cell = 8.4, Line = 18, Size = 14, Margin = 18;

bool isDark = args is [_, _, "dark"];
string[] ground = isDark ? ["#0d1117", "#e6edf3", "#30363d"] : ["#ffffff", "#1f2328", "#d9dee3"];

// The sixteen colours of a terminal; on each ground those that can be read on it, red never beside green alone.
string[] colors = isDark
    ?
    [
        "#30363d", "#ff8a4a", "#2fcf9f", "#f5bd3d", "#4fb0ee", "#eba0c8", "#9ad6ff", "#c9d1d9",
        "#9198a1", "#ffab7f", "#6ae0bd", "#f8d27a", "#84c9f5", "#f2bfda", "#bce4ff", "#ffffff",
    ]
    :
    [
        "#1f2328", "#d55e00", "#00795b", "#8a6100", "#0072b2", "#a34f7e", "#1b6f9c", "#59636e",
        "#59636e", "#b04e00", "#00795b", "#8a6100", "#0072b2", "#a34f7e", "#1b6f9c", "#1f2328",
    ];

// The panel's colours are those of a light ground; these are their kin of the same palette.
var onDark = new Dictionary<string, string>
{
    ["#0072b2"] = "#4fb0ee", ["#d55e00"] = "#ff8a4a", ["#009e73"] = "#2fcf9f", ["#cc79a7"] = "#eba0c8",
    ["#e69f00"] = "#f5bd3d", ["#56b4e9"] = "#9ad6ff", ["#7a5195"] = "#b693d6", ["#6b6b6b"] = "#a8a8a8",
};

string[] lines = File.ReadAllText(args[0]).TrimEnd().Split('\n');
var body = new StringBuilder();
int widest = 0;
string? color = null, back = null;
bool isBold = false, isFaint = false, isUnderlined = false, isReversed = false;
for (int row = 0; row < lines.Length; row++)
{
    int column = 0;
    double y = Margin + (row * Line);
    for (int at = 0; at < lines[row].Length;)
    {
        if (lines[row][at] == '\u001b')
        {
            int end = lines[row].IndexOfAny([.. "mKHJ"], at);
            if (end > at && lines[row][end] == 'm')
            {
                Apply(lines[row][(at + 2)..end]);
            }

            at = end < 0 ? lines[row].Length : end + 1;
            continue;
        }

        int next = lines[row].IndexOf('\u001b', at);
        string text = next < 0 ? lines[row][at..] : lines[row][at..next];
        Write(text, column, y);
        column += new StringInfo(text).LengthInTextElements;
        at += text.Length;
    }

    widest = Math.Max(widest, column);
}

double width = (2 * Margin) + (widest * Cell), height = (2 * Margin) + (lines.Length * Line);
string svg = Invariant($"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:0} {height:0}" width="{width:0}" height="{height:0}">
    <rect x="0.5" y="0.5" width="{width - 1:0}" height="{height - 1:0}" rx="8" fill="{ground[0]}" stroke="{ground[2]}"/>
    <g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, monospace" font-size="{Size}">
    {body}</g>
    </svg>

    """);
File.WriteAllText(args[1], svg.ReplaceLineEndings("\n"));
return 0;

// Select Graphic Rendition, ECMA-48 8.3.117, with the colours of 256 and of 24 bits.
void Apply(string codes)
{
    int[] numbers =
    [
        .. codes.Split(';', ':').Select(c => c.Length == 0 ? 0 : int.Parse(c, CultureInfo.InvariantCulture)),
    ];
    for (int i = 0; i < numbers.Length; i++)
    {
        switch (numbers[i])
        {
            case 0:
                (color, back, isBold, isFaint, isUnderlined, isReversed) = (null, null, false, false, false, false);
                break;
            case 1: isBold = true; break;
            case 2: isFaint = true; break;
            case 4: isUnderlined = true; break;
            case 7: isReversed = true; break;
            case 22: isBold = isFaint = false; break;
            case 24: isUnderlined = false; break;
            case 27: isReversed = false; break;
            case >= 30 and <= 37: color = colors[numbers[i] - 30]; break;
            case >= 90 and <= 97: color = colors[numbers[i] - 82]; break;
            case >= 40 and <= 47: back = colors[numbers[i] - 40]; break;
            case 38: color = Extended(numbers, ref i); break;
            case 48: back = Extended(numbers, ref i); break;
            case 39: color = null; break;
            case 49: back = null; break;
        }
    }
}

string? Extended(int[] numbers, ref int i)
{
    if (i + 4 < numbers.Length && numbers[i + 1] == 2)
    {
        i += 4;
        string exact = $"#{numbers[i - 2]:x2}{numbers[i - 1]:x2}{numbers[i]:x2}";
        return isDark ? onDark.GetValueOrDefault(exact, exact) : exact;
    }

    if (i + 2 >= numbers.Length)
    {
        return null;
    }

    int index = numbers[i += 2];
    if (index < 16)
    {
        return colors[index];
    }

    int[] steps = [0, 95, 135, 175, 215, 255];
    int cube = index - 16, grey = 8 + (10 * (index - 232));
    return index >= 232
        ? $"#{grey:x2}{grey:x2}{grey:x2}"
        : $"#{steps[cube / 36]:x2}{steps[cube / 6 % 6]:x2}{steps[cube % 6]:x2}";
}

void Write(string text, int column, double y)
{
    double x = Margin + (column * Cell), length = new StringInfo(text).LengthInTextElements * Cell;
    (string front, string? behind) = isReversed ? (back ?? ground[0], color ?? ground[1]) : (color ?? ground[1], back);
    if (behind is not null)
    {
        body.Append(Invariant(
            $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{length:0.#}\" height=\"{Line}\" fill=\"{behind}\"/>\n"));
    }

    string style = (isBold ? " font-weight=\"bold\"" : "") + (isFaint ? " opacity=\"0.65\"" : "")
        + (isUnderlined ? " text-decoration=\"underline\"" : "");

    // Each word has its place, since viewers make one of several spaces.
    for (int at = 0; at < text.Length;)
    {
        int end = text.IndexOf(' ', at);
        string word = end < 0 ? text[at..] : text[at..end];
        at += word.Length + 1;
        if (word.Length > 0)
        {
            double taken = new StringInfo(word).LengthInTextElements * Cell;
            string escaped = word.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
            body.Append(Invariant($"<text x=\"{x:0.#}\" y=\"{y + 14:0.#}\" textLength=\"{taken:0.#}\""));
            body.Append(Invariant($" fill=\"{front}\"{style}>{escaped}</text>\n"));
            x += taken;
        }

        x += Cell;
    }
}

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
