using Cnn.Fillers;

namespace Cnn.Campaigns.References.Detection;

/// <summary>An object as YOLO's layers read it: a class from 0, a centre and sides, in parts of the picture.</summary>
internal sealed record YoloTruth(int Label, double X, double Y, double Width, double Height)
{
    private const int Corners = 8;
    private const int Centres = 5;

    /// <summary>The box.</summary>
    public Box Box => Box.Around(X, Y, Width, Height);

    /// <summary>A box of the same sides around 0.</summary>
    public Box Size => Box.Around(0, 0, Width, Height);

    /// <summary>Whether labels are SSD's rows of corners, rather than rows of centres and sides.</summary>
    public static bool AreCorners(ReferenceBlob labels) => labels.Dim(-1) == Corners;

    /// <summary>
    /// Returns the objects of an image: of rows (image, class + 1, instance, corners, difficult) those of the image; of
    /// rows (class, centre, sides) of each image those before the first without a width. Objects without a size do not
    /// count.
    /// </summary>
    public static YoloTruth[] Of(ReferenceBlob labels, int image)
    {
        IEnumerable<double[]> rows = labels.Data.Chunk(labels.Dim(-1));
        IEnumerable<YoloTruth> all = AreCorners(labels)
            ? rows.Where(r => r[0] == image).Select(r => new YoloTruth(
                (int)r[1] - 1, (r[3] + r[5]) / 2, (r[4] + r[6]) / 2, r[5] - r[3], r[6] - r[4]))
            : rows.Chunk(labels.Count / labels.Shape[0] / Centres).ElementAt(image)
                .TakeWhile(r => r[3] != 0).Select(r => new YoloTruth((int)r[0], r[1], r[2], r[3], r[4]));
        return [.. all.Where(t => t.Width > 0 && t.Height > 0)];
    }

    /// <summary>Draws the labels of some images, in one of the two kinds.</summary>
    public static ReferenceBottom Labels(PhiloxRandom random, int images, int classes, bool isCorners)
    {
        int rows = random.Between(1, 6);
        int[] shape = isCorners ? [1, 1, rows * images, Corners]
            : random.Chance(0.5) ? [images, rows, Centres]
            : [images, 1, rows, Centres];
        return new ReferenceBottom(shape, isCorners ? CornerRows(images, classes) : CentreRows(classes))
        {
            HasGradient = false,
        };
    }

    private static Filling CornerRows(int images, int classes) => (random, values) =>
    {
        foreach (Memory<float> row in Rows(values, Corners))
        {
            var (x, y, width, height) = Draw(random);
            Span<float> r = row.Span;
            (r[0], r[1], r[2]) = (random.Between(-1, images - 1), random.Between(1, classes), random.Next(3));
            (r[3], r[4], r[5], r[6]) = (x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));
            r[7] = random.Chance(0.2) ? 1 : 0;
            if (random.Chance(0.1))
            {
                r[5] = r[3];
            }
        }
    };

    private static Filling CentreRows(int classes) => (random, values) =>
    {
        foreach (Memory<float> row in Rows(values, Centres))
        {
            Span<float> r = row.Span;
            r[0] = random.Next(classes);
            (r[1], r[2], r[3], r[4]) = Draw(random);
            r[3] = random.Chance(0.1) ? 0 : r[3];
            r[4] = random.Chance(0.1) ? 0 : r[4];
        }
    };

    private static (float X, float Y, float Width, float Height) Draw(PhiloxRandom random) => (
        random.Between(-0.05f, 1.05f), random.Between(-0.05f, 1.05f),
        random.Between(0.05f, 0.7f), random.Between(0.05f, 0.7f));

    private static IEnumerable<Memory<float>> Rows(float[] values, int size) =>
        Enumerable.Range(0, values.Length / size).Select(r => values.AsMemory(r * size, size));
}
