using Cnn.Fillers;

namespace Cnn.Campaigns.Nets;

/// <summary>How the values of a bottom are drawn: numbers, labels, regions, objects.</summary>
/// <param name="Name">What they are; fills of the same name draw from the same values.</param>
/// <param name="IsContinuous">Whether the values are numbers that may be moved a little, so that gradients can be
/// checked.</param>
/// <param name="Draw">Draws all values of a blob of a shape, in order.</param>
internal sealed record BottomFill(string Name, bool IsContinuous, Func<PhiloxRandom, int[], float[]> Draw)
{
    /// <summary>Numbers about 0.</summary>
    public static BottomFill Floats { get; } = Each("numbers", true, Normal);

    /// <summary>Numbers above 0.</summary>
    public static BottomFill Positive { get; } = Between(0.1f, 3);

    /// <summary>0 or 1.</summary>
    public static BottomFill Bits { get; } = Below(2);

    /// <summary>Sequence markers: mostly 1.</summary>
    public static BottomFill Markers { get; } = Each("markers", false, r => r.Next(5) == 0 ? 0 : 1);

    /// <summary>Numbers within bounds.</summary>
    public static BottomFill Between(float low, float high) =>
        Each($"from {low} to {high}", true, r => low + (r.NextSingle() * (high - low)));

    /// <summary>Whole numbers from 0, such as labels and indices.</summary>
    public static BottomFill Below(int count) => Each($"below {count}", false, r => r.Next(Math.Max(1, count)));

    /// <summary>Places in planes [N, C, H, W], each at most once in a plane.</summary>
    public static BottomFill Places(int count) => new($"places below {count}", false, (r, shape) =>
    {
        int plane = shape[^2] * shape[^1];
        var values = new float[Count(shape)];
        for (int i = 0; i < values.Length; i += plane)
        {
            int first = r.Next(count);
            for (int k = 0; k < plane; k++)
            {
                values[i + k] = (first + k) % count;
            }
        }

        return values;
    });

    /// <summary>Labels, some of which are ignored.</summary>
    public static BottomFill Labels(int classes, int ignored) =>
        Each($"below {classes} or {ignored}", false, r => r.Next(5) == 0 ? ignored : r.Next(Math.Max(1, classes)));

    /// <summary>Regions (image, x1, y1, x2, y2), some a little outside the image.</summary>
    public static BottomFill Regions(int images, float height, float width) => Rows(
        $"regions of {images} images of {height} x {width}",
        5,
        (r, _) =>
        {
            float x = (r.NextSingle() * width) - 1, y = (r.NextSingle() * height) - 1;
            return [r.Next(Math.Max(1, images)), x, y, x + (r.NextSingle() * width), y + (r.NextSingle() * height)];
        });

    /// <summary>Objects (item, class, instance, xmin, ymin, xmax, ymax, difficult), by item.</summary>
    public static BottomFill Objects(int items, int classes) => Rows(
        $"objects of {classes} classes in {items} items",
        8,
        (r, share) =>
        {
            var (x, y, right, bottom) = Box(r);
            return [(int)(share * items), 1 + r.Next(Math.Max(1, classes - 1)), 0, x, y, right, bottom, r.Next(4) / 3];
        });

    /// <summary>Detections (item, class, score, xmin, ymin, xmax, ymax), by item.</summary>
    public static BottomFill Detections(int items, int classes) => Rows(
        $"detections of {classes} classes in {items} items",
        7,
        (r, share) =>
        {
            var (x, y, right, bottom) = Box(r);
            return [(int)(share * items), 1 + r.Next(Math.Max(1, classes - 1)), r.NextSingle(), x, y, right, bottom];
        });

    /// <summary>Prior boxes and their variances, [1, 2, 4 P].</summary>
    public static BottomFill Priors { get; } = new("priors", false, (r, shape) =>
    {
        int boxes = shape[^1] / 4;
        IEnumerable<float> corners = Enumerable.Range(0, boxes).SelectMany(_ =>
        {
            var (x, y, right, bottom) = Box(r);
            return (float[])[x, y, right, bottom];
        });
        return [.. corners.ToArray(), .. Enumerable.Range(0, boxes).SelectMany(_ => (float[])[0.1f, 0.1f, 0.2f, 0.2f])];
    });

    /// <summary>Sizes of images: rows, columns, then scales.</summary>
    public static BottomFill ImageSizes(int height, int width) => new(
        $"sizes {height} x {width}",
        false,
        (_, shape) => [.. Enumerable.Range(0, Count(shape)).Select(i => (i % shape[^1]) switch
        {
            0 => (float)height,
            1 => width,
            _ => 1,
        })]);

    /// <inheritdoc/>
    public bool Equals(BottomFill? other) => other?.Name == Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns the number of values of a shape.</summary>
    internal static int Count(IEnumerable<int> shape) => shape.Aggregate(1, (product, dim) => product * dim);

    private static BottomFill Each(string name, bool isContinuous, Func<PhiloxRandom, float> next) =>
        new(name, isContinuous, (r, shape) => [.. Enumerable.Range(0, Count(shape)).Select(_ => next(r))]);

    // Rows from the share of the rows before it.
    private static BottomFill Rows(string name, int length, Func<PhiloxRandom, float, float[]> row) =>
        new(name, false, (r, shape) =>
        {
            int count = Count(shape), rows = count / length;
            float[] all = [.. Enumerable.Range(0, rows).SelectMany(i => row(r, (float)i / rows))];
            return all.Length == count ? all : [.. all, .. new float[count - all.Length]];
        });

    private static (float Left, float Top, float Right, float Bottom) Box(PhiloxRandom r)
    {
        float x = r.NextSingle() * 0.8f, y = r.NextSingle() * 0.8f;
        return (x, y, x + 0.05f + (r.NextSingle() * (0.95f - x)), y + 0.05f + (r.NextSingle() * (0.95f - y)));
    }

    private static float Normal(PhiloxRandom r) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - r.NextDouble())) * Math.Cos(2 * Math.PI * r.NextDouble()));
}
