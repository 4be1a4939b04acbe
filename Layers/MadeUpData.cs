using Cnn.Proto;

namespace Cnn.Layers;

/// <summary>
/// Lets a net that is only looked at make up what is not here: the databases, lists and mean files of its data layers.
/// Made-up images are noise that is a function of the seed, the layer and the pass; their labels are 0. Nothing else
/// that is wrong is passed over. A net warns of everything that it makes up.
/// </summary>
public sealed record MadeUpData
{
    /// <summary>
    /// The shapes of tops by name, such as <c>data</c>: [1, 3, 227, 227], for tops whose layers' own parameters do not
    /// tell them, or to be used instead. They are those of the net's blobs, behind any crop. Inputs take them too; data
    /// that is here takes the batch size alone, and must have the rest.
    /// </summary>
    public IReadOnlyDictionary<string, int[]> Shapes { get; init; } = new Dictionary<string, int[]>();

    /// <summary>
    /// The batch size of the data layers, whether their data is here or not, and of inputs; null for that of the
    /// definition. DummyData keeps its shapes.
    /// </summary>
    public int? Batch { get; init; }

    /// <summary>Returns the shape of a top; null where none is given.</summary>
    /// <param name="top">The top's name.</param>
    public int[]? ShapeOf(string top) => Shapes.GetValueOrDefault(top);

    /// <summary>Returns the batch size of a layer; null for that of the definition.</summary>
    /// <param name="tops">The names of its tops.</param>
    public int? BatchOf(IEnumerable<string> tops) =>
        tops.Select(ShapeOf).FirstOrDefault(shape => shape is not null)?[0] ?? Batch;

    /// <summary>Requires shapes that a blob can have, and a batch.</summary>
    /// <exception cref="CnnException">A size is wrong.</exception>
    internal void Check()
    {
        if (Batch < 1)
        {
            throw new CnnException($"the batch size {Batch} is too small", "1 or more");
        }

        foreach (var (name, shape) in Shapes)
        {
            if (shape.Length is 0 or > Blob.MaxAxes || shape.Any(dim => dim < 1))
            {
                throw new CnnException(
                    $"'{name}' cannot have the shape '{Text(shape)}'", $"1 to {Blob.MaxAxes} axes, 1 or more each");
            }

            long count = BlobSize.Of(Array.ConvertAll(shape, dim => (long)dim));
            if (count > BlobSize.Most)
            {
                throw new CnnException($"'{name}' of shape {Text(shape)} would be {BlobSize.Excess(count)}");
            }

            if (Batch is { } batch && batch != shape[0])
            {
                throw new CnnException(
                    $"'{name}' of shape {Text(shape)} contradicts the batch size {batch}", "give one of them");
            }
        }
    }

    /// <summary>Returns a shape as users write it: <c>1 x 3 x 227 x 227</c>.</summary>
    internal static string Text(ReadOnlySpan<int> shape) => string.Join(" x ", shape.ToArray());
}
