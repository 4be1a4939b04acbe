namespace Cnn.Engine.Classification;

/// <summary>The input of one pass: crops and the images that they belong to.</summary>
/// <param name="size">The most crops.</param>
/// <param name="cropLength">The values of a crop.</param>
internal sealed class CropBatch(int size, int cropLength)
{
    // Faulty images take no place among the crops, and their errors should not wait for long.
    private const int MostImages = 4096;

    private readonly float[] values = GC.AllocateUninitializedArray<float>(checked(size * cropLength));
    private readonly PendingScores[] owners = new PendingScores[size];

    /// <summary>The crops in it.</summary>
    public int Count { get; private set; }

    /// <summary>The images that begin in it, in order, faulty ones too.</summary>
    public List<PendingScores> Images { get; } = [];

    /// <summary>Whether nothing more goes into it.</summary>
    public bool IsFull => Count == size || Images.Count >= MostImages;

    /// <summary>The values of all its crops, [Count, C, H, W].</summary>
    public ReadOnlySpan<float> Values => values.AsSpan(0, Count * cropLength);

    /// <summary>Returns the image that a crop belongs to.</summary>
    public PendingScores OwnerOf(int crop) => owners[crop];

    /// <summary>Adds a crop of an image.</summary>
    /// <returns>Its values, to be filled.</returns>
    public Span<float> Add(PendingScores owner)
    {
        owners[Count] = owner;
        return values.AsSpan(Count++ * cropLength, cropLength);
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Count = 0;
        Images.Clear();
    }
}
