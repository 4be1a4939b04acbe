namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// What a micro-kernel computes: a tile C[rows, columns] = A B + addend, then the rectifier. For each k it reads
/// neighbouring values of A, one a row, and neighbouring values of B, one a column. So an operand is a packed panel, or
/// a stored matrix or image that is read in place.
/// </summary>
internal unsafe struct GemmTile
{
    /// <summary>The length of the sums.</summary>
    public nint K;

    /// <summary>The first row's value for the first k, or what <see cref="Taps"/> are relative to.</summary>
    public float* A;

    /// <summary>Floats from the values of one k to those of the next.</summary>
    public nint AStep;

    /// <summary>The offset of the values of each k, for kernels that read it instead of <see cref="AStep"/>.</summary>
    public int* Taps;

    /// <summary>
    /// What is fetched into the second-level cache meanwhile, a cache line for each k: some of the next operands, or
    /// memory that anything may be read from.
    /// </summary>
    public float* Next;

    /// <summary>Floats of <see cref="Next"/> to go on for each k.</summary>
    public nint NextStep;

    /// <summary>The first column's value for the first k.</summary>
    public float* B;

    /// <summary>Floats from the values of one k to those of the next.</summary>
    public nint BStep;

    /// <summary>The first value of the tile; overwritten.</summary>
    public float* C;

    /// <summary>Floats from one row of the tile to the next.</summary>
    public nint Ldc;

    /// <summary>
    /// The addend: C itself or a bias. Null for none, else one value a row, or one row of values a row of the tile.
    /// </summary>
    public float* Add;

    /// <summary>Floats from one row of the addend to the next; 0 repeats one row.</summary>
    public nint AddStride;

    /// <summary>Whether the addend has one value a row.</summary>
    public bool AddPerRow;

    /// <summary>The rectifier of the result; null for none.</summary>
    public Rectifier* Rectifier;
}
