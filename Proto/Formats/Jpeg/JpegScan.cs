namespace Cnn.Proto.Formats.Jpeg;

/// <summary>The header of a scan; ITU-T T.81, B.2.3.</summary>
internal sealed class JpegScan
{
    private readonly JpegComponent[] components = new JpegComponent[4];

    /// <summary>The components that it has.</summary>
    public ReadOnlySpan<JpegComponent> Components => components.AsSpan(0, Count);

    /// <summary>The number of components.</summary>
    public int Count { get; private set; }

    /// <summary>The first coefficient, in the order of <see cref="ZigZag"/>.</summary>
    public int First { get; set; }

    /// <summary>The last coefficient.</summary>
    public int Last { get; set; }

    /// <summary>The number of low bits that were still missing before; zero when the scan is the first.</summary>
    public int High { get; set; }

    /// <summary>The number of low bits that are missing afterwards.</summary>
    public int Low { get; set; }

    /// <summary>Starts a header.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a component.</summary>
    public void Add(JpegComponent component) => components[Count++] = component;
}
