using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Layers.Vision;

/// <summary>
/// Reads kernel, stride, pad and dilation of a layer with windows, one entry per spatial axis. All such messages use
/// the same names: a field for all axes, which some may repeat once per axis (<c>kernel_size</c>, <c>stride</c>), or,
/// for two axes, a pair instead (<c>kernel_h</c> and <c>kernel_w</c>).
/// </summary>
/// <param name="context">Locates errors.</param>
/// <param name="options">The message with the fields.</param>
/// <param name="axes">Spatial axes.</param>
internal readonly struct WindowReader(LayerContext context, IMessage options, int axes)
{
    /// <summary>
    /// The largest value of a field: far above any use, low enough for the sum of a few to stay within 32 bits.
    /// </summary>
    public const int Largest = int.MaxValue / 4;

    /// <summary>Reads the taps along each axis; they must be given.</summary>
    /// <exception cref="CnnException">The field is missing, given twice, or out of range.</exception>
    public int[] Kernel() => Read("kernel_size", "kernel", least: 1, absent: null, half: null);

    /// <summary>Reads the steps from window to window along each axis; 1 where not given.</summary>
    /// <exception cref="CnnException">The field is given twice, or out of range.</exception>
    public int[] Stride() => Read("stride", "stride", least: 1, absent: Of(1), half: null);

    /// <summary>
    /// Reads the steps from window to window; the kernel's size where the field, or one field of a pair, is not given.
    /// </summary>
    /// <param name="kernel">The result of <see cref="Kernel"/>.</param>
    /// <exception cref="CnnException">The field is given twice, or out of range.</exception>
    public int[] StrideOr(int[] kernel) => Read("stride", "stride", least: 1, absent: kernel, half: kernel);

    /// <summary>
    /// Reads the zeros on either side of each axis; 0 where the field, or one field of a pair, is not given.
    /// </summary>
    /// <exception cref="CnnException">The field is given twice, or out of range.</exception>
    public int[] Pad() => Read("pad", "pad", least: 0, absent: Of(0), half: Of(0));

    /// <summary>
    /// Reads the padding of each side: the four sides where one of them is given (<c>pad_l</c> and so on; the others
    /// are 0), what <c>pad_type</c> 1 asks for, or the same on either side.
    /// </summary>
    /// <param name="pad">The result of <see cref="Pad"/>.</param>
    /// <exception cref="CnnException">There are no two axes, or a field is out of range.</exception>
    public WindowPadding Padding(int[] pad)
    {
        uint type = Given("pad_type") is [uint value] ? value : 0;
        if (type > 1)
        {
            throw Error("pad_type", $"pad_type is {type}, expected 0 or 1", "1 is TensorFlow's padding SAME");
        }

        string? first = Array.Find(Sides, HasSide);
        if (first is null || type == 1)
        {
            return new WindowPadding(pad, pad, type == 1);
        }

        return axes == 2
            ? new WindowPadding([Side("pad_t"), Side("pad_l")], [Side("pad_b"), Side("pad_r")])
            : throw Error(first, $"{first} needs two spatial axes, the bottom has {axes}", "give pad instead");
    }

    /// <summary>Reads the steps from tap to tap along each axis; 1 where not given.</summary>
    /// <exception cref="CnnException">The field is given twice, or out of range.</exception>
    public int[] Dilation() => Read("dilation", "dilation", least: 1, absent: Of(1), half: null);

    private static string[] Sides => ["pad_l", "pad_r", "pad_t", "pad_b"];

    private bool HasSide(string name) => Given(name).Length > 0;

    private int Side(string name) => Given(name) is [uint value] ? Checked(name, value, 0) : 0;

    private int[] Of(int value)
    {
        var values = new int[axes];
        Array.Fill(values, value);
        return values;
    }

    // absent holds where nothing is given, half where one field of a pair is not given; null makes that an error.
    private int[] Read(string name, string stem, uint least, int[]? absent, int[]? half)
    {
        uint[] given = Given(name);
        uint[] high = Given($"{stem}_h"), wide = Given($"{stem}_w");
        string pair = $"{stem}_h and {stem}_w";
        if (high.Length + wide.Length > 0)
        {
            string first = high.Length > 0 ? $"{stem}_h" : $"{stem}_w",
                second = high.Length > 0 ? $"{stem}_w" : $"{stem}_h";
            if (axes != 2)
            {
                throw Error(first, $"{pair} need two spatial axes, the bottom has {axes}", $"give {name} instead");
            }

            if (given.Length > 0)
            {
                throw Error(name, $"{name} is given together with {stem}_h or {stem}_w", "give one or the other");
            }

            if (high.Length + wide.Length == 1 && half is null)
            {
                throw Error(first, $"{first} is given without {second}", $"give both {pair}");
            }

            return
            [
                high.Length > 0 ? Checked($"{stem}_h", high[0], least) : half![0],
                wide.Length > 0 ? Checked($"{stem}_w", wide[0], least) : half![1],
            ];
        }

        if (given.Length == 0)
        {
            bool hasPair = options.Descriptor.FindFieldByName($"{stem}_h") is not null;
            return absent ?? (axes == 0 ? [] : throw Error(
                name, $"{name} is missing", axes == 2 && hasPair ? $"give it, or {pair}" : "give it"));
        }

        if (given.Length != 1 && given.Length != axes)
        {
            throw Error(
                name,
                $"{name} is given {given.Length} times, the bottom has {axes} spatial axes",
                axes < 2 ? "give it once" : $"give it once, or {axes} times");
        }

        var values = new int[axes];
        for (int i = 0; i < axes; i++)
        {
            values[i] = Checked(name, given[given.Length == 1 ? 0 : i], least);
        }

        return values;
    }

    // Returns the values of a field: none where it is not given or the message has no such field.
    private uint[] Given(string name)
    {
        FieldDescriptor? field = options.Descriptor.FindFieldByName(name);
        return field is null ? []
            : field.IsRepeated ? [.. (IEnumerable<uint>)field.Accessor.GetValue(options)]
            : field.Accessor.HasValue(options) ? [(uint)field.Accessor.GetValue(options)]
            : [];
    }

    private int Checked(string name, uint value, uint least) =>
        value < least ? throw Error(name, $"{name} is {value}, expected {least} or more")
        : value > Largest ? throw Error(name, $"{name} is {value}, which is too large: it may be at most {Largest}")
        : (int)value;

    private CnnException Error(string name, string text, string? hint = null) =>
        context.Error(options, options.Descriptor.FindFieldByName(name)?.FieldNumber ?? 0, text, hint);
}
