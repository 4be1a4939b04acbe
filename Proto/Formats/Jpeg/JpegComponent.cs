namespace Cnn.Proto.Formats.Jpeg;

/// <summary>One component of a frame, with its samples.</summary>
internal sealed unsafe class JpegComponent
{
    /// <summary>The number of coefficients, or samples, of a block.</summary>
    public const int BlockSize = 64;

    // Vectors are read and written in whole, beyond the last sample too.
    private const int Padding = 64;

    private readonly PinnedBuffer<byte> samples = new();
    private readonly PinnedBuffer<short> coefficients = new();
    private readonly PinnedBuffer<short> multipliers = new();

    /// <summary>The number by which scans name it.</summary>
    public int Id { get; private set; }

    /// <summary>The sampling factors.</summary>
    public int Horizontal { get; private set; }

    /// <inheritdoc cref="Horizontal"/>
    public int Vertical { get; private set; }

    /// <summary>The number of its quantization table.</summary>
    public int Table { get; private set; }

    /// <summary>The size in samples: that of the image by the ratio of the sampling factors, rounded up.</summary>
    public int Width { get; private set; }

    /// <inheritdoc cref="Width"/>
    public int Height { get; private set; }

    /// <summary>The blocks that a scan of this component alone has.</summary>
    public int BlockColumns => (Width + 7) / 8;

    /// <inheritdoc cref="BlockColumns"/>
    public int BlockRows => (Height + 7) / 8;

    /// <summary>The blocks in whole units of the frame.</summary>
    public int StoredColumns { get; private set; }

    /// <inheritdoc cref="StoredColumns"/>
    public int StoredRows { get; private set; }

    /// <summary>The distance from row to row of the samples.</summary>
    public int Stride => StoredColumns * 8;

    /// <summary>The samples, in whole blocks; row by row.</summary>
    public byte* Samples => samples.Start;

    /// <summary>The coefficients of each block of a progressive image.</summary>
    public short* Coefficients => coefficients.Start;

    /// <summary>The quantization table that was valid when the first scan began, row by row.</summary>
    public short* Multipliers => multipliers.Start;

    /// <summary>Whether a scan has had this component.</summary>
    public bool IsScanned { get; private set; }

    /// <summary>Whether its samples are wanted.</summary>
    public bool IsWanted { get; set; }

    /// <summary>
    /// How many low bits of each coefficient have not come yet, in the order of <see cref="ZigZag"/>; -1 where nothing
    /// has.
    /// </summary>
    public sbyte[] Missing { get; } = new sbyte[BlockSize];

    /// <summary>The tables of the current scan.</summary>
    public HuffmanTable? Differences { get; set; }

    /// <inheritdoc cref="Differences"/>
    public HuffmanTable? Others { get; set; }

    /// <summary>The last DC coefficient of the current scan.</summary>
    public int Last;

    /// <summary>Starts a frame.</summary>
    public void Start(int id, int horizontal, int vertical, int table)
    {
        (Id, Horizontal, Vertical, Table) = (id, horizontal, vertical, table);
        (IsScanned, IsWanted) = (false, true);
        Missing.AsSpan().Fill(-1);
    }

    /// <summary>Sets the sizes.</summary>
    /// <param name="width">The size of the image.</param>
    /// <param name="height">The size of the image.</param>
    /// <param name="horizontal">The largest sampling factors of the frame.</param>
    /// <param name="vertical">The largest sampling factors of the frame.</param>
    public void SetSize(int width, int height, int horizontal, int vertical)
    {
        Width = (int)((((long)width * Horizontal) + horizontal - 1) / horizontal);
        Height = (int)((((long)height * Vertical) + vertical - 1) / vertical);
        StoredColumns = (width + (8 * horizontal) - 1) / (8 * horizontal) * Horizontal;
        StoredRows = (height + (8 * vertical) - 1) / (8 * vertical) * Vertical;
    }

    /// <summary>Makes room for samples and, where they are collected, for coefficients, all zero.</summary>
    public void Allocate(bool collects)
    {
        int count = checked(StoredColumns * StoredRows * BlockSize);
        if (IsWanted)
        {
            samples.Require(checked(count + Padding));
        }

        if (collects)
        {
            coefficients.Require(count);
            coefficients.Span(count).Clear();
        }
    }

    /// <summary>Keeps the quantization table, when the first scan begins.</summary>
    public void StartScan(ReadOnlySpan<short> table)
    {
        if (!IsScanned)
        {
            multipliers.Require(BlockSize);
            table.CopyTo(multipliers.Span(BlockSize));
            IsScanned = true;
        }
    }
}
