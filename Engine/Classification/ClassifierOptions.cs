namespace Cnn.Engine.Classification;

/// <summary>How images become the input of a net; pycaffe's <c>Classifier</c> and <c>classify.py</c>.</summary>
public sealed record ClassifierOptions
{
    /// <summary>The size, height and width, that images are resized to before crops are taken of them.</summary>
    /// <remarks>
    /// If null, that of the net's input; for <see cref="Oversample"/> 256 x 256, or the input's where that is larger.
    /// </remarks>
    public (int Height, int Width)? ImageSize { get; init; }

    /// <summary>
    /// Whether the mean over ten crops is taken: the corners and the centre, and the same mirrored. If not, the centre
    /// alone is looked at.
    /// </summary>
    public bool Oversample { get; init; }

    /// <summary>
    /// The channel of the image, of red, green and blue, that each channel of the input takes; empty for its own
    /// order. If null, blue, green and red, the order of OpenCV and so of Caffe.
    /// </summary>
    public IReadOnlyList<int>? ChannelSwap { get; init; }

    /// <summary>The factor that makes the image's values, from 0 to 1, those that the net was trained with.</summary>
    public float RawScale { get; init; } = 255;

    /// <summary>The mean, subtracted after <see cref="RawScale"/>; null for none.</summary>
    public InputMean? Mean { get; init; }

    /// <summary>The factor after the mean.</summary>
    public float InputScale { get; init; } = 1;

    /// <summary>The crops in a pass; null for as many as the net's input says.</summary>
    public int? Batch { get; init; }
}
