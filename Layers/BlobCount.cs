namespace Cnn.Layers;

/// <summary>How many bottoms or tops a layer takes.</summary>
/// <param name="Min">The fewest.</param>
/// <param name="Max">The most.</param>
public readonly record struct BlobCount(int Min, int Max)
{
    /// <summary>Any number, none included.</summary>
    public static BlobCount Any => new(0, int.MaxValue);

    /// <summary>Exactly so many.</summary>
    public static BlobCount Exactly(int count) => new(count, count);

    /// <summary>So many or more.</summary>
    public static BlobCount AtLeast(int count) => new(count, int.MaxValue);

    /// <summary>Between two numbers, both included.</summary>
    public static BlobCount Between(int min, int max) => new(min, max);

    /// <summary>Whether a number fits.</summary>
    public bool Allows(int count) => count >= Min && count <= Max;

    /// <summary>"2", "1 to 2" or "at least 1".</summary>
    public override string ToString() =>
        Min == Max ? $"{Min}" : Max == int.MaxValue ? $"at least {Min}" : $"{Min} to {Max}";
}
