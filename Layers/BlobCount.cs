namespace Cnn.Layers;

/// <summary>The number of bottoms or tops that a layer takes.</summary>
/// <param name="Min">The minimum.</param>
/// <param name="Max">The maximum.</param>
public readonly record struct BlobCount(int Min, int Max)
{
    /// <summary>Any number, including none.</summary>
    public static BlobCount Any => new(0, int.MaxValue);

    /// <summary>Exactly the given number.</summary>
    public static BlobCount Exactly(int count) => new(count, count);

    /// <summary>The given number or more.</summary>
    public static BlobCount AtLeast(int count) => new(count, int.MaxValue);

    /// <summary>From one number to another, inclusive.</summary>
    public static BlobCount Between(int min, int max) => new(min, max);

    /// <summary>Returns whether a number is allowed.</summary>
    public bool Allows(int count) => count >= Min && count <= Max;

    /// <summary>Returns "2", "1 to 2" or "at least 1".</summary>
    public override string ToString() =>
        Min == Max ? $"{Min}" : Max == int.MaxValue ? $"at least {Min}" : $"{Min} to {Max}";
}
