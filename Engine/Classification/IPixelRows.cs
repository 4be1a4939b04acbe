namespace Cnn.Engine.Classification;

/// <summary>An image that is read row by row, so that a large photograph need not be held as floats.</summary>
internal interface IPixelRows
{
    /// <summary>The channels.</summary>
    int Channels { get; }

    /// <summary>The rows.</summary>
    int Height { get; }

    /// <summary>The columns.</summary>
    int Width { get; }

    /// <summary>Copies one row of one channel.</summary>
    void Read(int channel, int row, Span<float> to);
}
