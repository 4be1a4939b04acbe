using System.Diagnostics;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>The arrays of <see cref="CtcKernel"/>.</summary>
internal unsafe struct CtcBatch
{
    /// <summary>The scores before the softmax, [steps, items, symbols].</summary>
    public float* Scores;

    /// <summary>Their softmax, of the same shape.</summary>
    public float* Probabilities;

    /// <summary>Steps that are read.</summary>
    public int Steps;

    /// <summary>Sequences side by side.</summary>
    public int Items;

    /// <summary>Symbols that a step chooses from, the blank among them.</summary>
    public int Symbols;

    /// <summary>The symbol that stands for none.</summary>
    public int Blank;

    /// <summary>The items' labels without blanks, [items, most labels].</summary>
    public int* Labels;

    /// <summary>How many labels each item has.</summary>
    public int* Lengths;

    /// <summary>Labels that an item has room for.</summary>
    public int MostLabels;

    /// <summary>Checks the arrays.</summary>
    [Conditional("DEBUG")]
    public readonly void Require()
    {
        KernelGuard.Array(Scores, Steps, Items, Symbols);
        KernelGuard.Array(Probabilities, Steps, Items, Symbols);
        KernelGuard.Array(Labels, Items, MostLabels);
        KernelGuard.Array(Lengths, Items);
    }
}
