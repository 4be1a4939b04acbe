using System.Globalization;
using System.Text;
using Cnn.Fillers;

namespace Cnn.Campaigns.Nets;

/// <summary>What a recipe draws a layer with: choices, bottoms and options.</summary>
internal sealed class LayerDraw(PhiloxRandom random, IReadOnlyList<DrawnBottom> blobs)
{
    // Layers over more values take more than a moment.
    private const int MostValues = 20_000;

    private readonly StringBuilder options = new();
    private readonly List<DrawnBottom> bottoms = [];

    /// <summary>The options as text.</summary>
    public string OptionText => options.ToString();

    /// <summary>The bottoms.</summary>
    public IReadOnlyList<DrawnBottom> Bottoms => bottoms;

    /// <summary>The number of tops.</summary>
    public int Tops { get; set; } = 1;

    /// <summary>Returns a whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Int(int least, int most) => random.Next(least, most + 1);

    /// <summary>Returns whether something of a probability happens.</summary>
    public bool Chance(double probability) => random.NextDouble() < probability;

    /// <summary>Returns one of some values.</summary>
    public T Of<T>(params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    /// <summary>Returns a number as text.</summary>
    public string Number(double low, double high) =>
        (low + (random.NextDouble() * (high - low))).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Adds options.</summary>
    public void Option(string text) => options.Append(text).Append(' ');

    /// <summary>Returns the text in half of the cases, else nothing.</summary>
    public string Maybe(string text) => Chance(0.5) ? text + " " : "";

    /// <summary>Returns <c>true</c> or <c>false</c>.</summary>
    public string Bool() => Chance(0.5) ? "true" : "false";

    /// <summary>Returns a filler, in most cases one of random numbers.</summary>
    public string Filler(string field = "weight_filler") => Int(0, 7) switch
    {
        0 => $"{field} {{ value: {Number(-1, 1)} }} ",
        1 => $"{field} {{ type: 'uniform' min: -0.5 max: 0.8 }} ",
        2 => $"{field} {{ type: 'xavier' variance_norm: {Of("FAN_IN", "FAN_OUT", "AVERAGE")} }} ",
        3 => $"{field} {{ type: 'msra' }} ",
        4 => $"{field} {{ type: 'positive_unitball' }} ",
        5 => "",
        _ => $"{field} {{ type: 'gaussian' std: {Number(0.1, 1)} }} ",
    };

    /// <summary>Adds a bottom of one to five axes.</summary>
    public int[] Any(int least = 1, int most = 5, BottomFill? fill = null)
    {
        int axes = Chance(0.5) ? Math.Clamp(4, least, most) : Int(least, most);
        return Take(s => s.Length >= least && s.Length <= most, () => Shape(axes), fill);
    }

    /// <summary>Adds a bottom [N, C, H, W] whose sides are at least as large.</summary>
    public int[] Image(int side = 1, int channels = 1, BottomFill? fill = null) => Take(
        s => s.Length == 4 && s[1] >= channels && s[1] % channels == 0 && s[2] >= side && s[3] >= side,
        () =>
        {
            int[] shape = Shape(4);
            return [shape[0], Math.Max(1, shape[1] / channels) * channels, Math.Max(shape[2], side),
                Math.Max(shape[3], side)];
        },
        fill);

    /// <summary>Adds a bottom for which a rule holds, or a new one.</summary>
    public int[] Take(Func<int[], bool> fits, Func<int[]> make, BottomFill? fill)
    {
        fill ??= BottomFill.Floats;
        DrawnBottom[] there = [.. blobs.Where(b => b.Fill.Equals(fill) && fits(b.Shape))];
        DrawnBottom bottom = there.Length > 0 && Chance(0.85)
            ? there[Math.Max(random.Next(there.Length), random.Next(there.Length))]
            : new DrawnBottom(make(), fill);
        bottoms.Add(bottom);
        return bottom.Shape;
    }

    /// <summary>Adds a bottom of a shape.</summary>
    public void Like(int[] shape, BottomFill? fill = null) =>
        Take(s => s.AsSpan().SequenceEqual(shape), () => shape, fill);

    /// <summary>Adds a bottom of a shape that is no blob of the net.</summary>
    public void New(int[] shape, BottomFill? fill = null) =>
        bottoms.Add(new DrawnBottom(shape, fill ?? BottomFill.Floats));

    /// <summary>Returns the shape of a new bottom.</summary>
    public int[] Shape(int axes)
    {
        var shape = new int[axes];
        for (int i = 0; i < axes; i++)
        {
            shape[i] = Int(0, 39) switch
            {
                0 => 0,
                < 6 => 1,
                < 8 => Int(9, 33),
                _ => i == 0 ? Int(1, 4) : Int(2, 8),
            };
        }

        for (int i = axes - 1; BottomFill.Count(shape) > MostValues; i = (i + axes - 1) % axes)
        {
            shape[i] = Math.Max(1, shape[i] / 2);
        }

        return shape;
    }

    /// <summary>Returns an axis of a shape, at times counted from the end, rarely one beyond.</summary>
    public int Axis(int[] shape, int least = 0) => Chance(0.02)
        ? shape.Length
        : Of(Int(Math.Min(least, shape.Length - 1), shape.Length - 1),
            Int(Math.Min(least, shape.Length - 1), shape.Length - 1) - shape.Length);
}
