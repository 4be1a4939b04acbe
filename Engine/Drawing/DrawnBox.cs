namespace Cnn.Engine.Drawing;

/// <summary>
/// A box of a drawing: a layer with those that work in place on its top, a folded module, or an output of the net.
/// </summary>
internal sealed class DrawnBox
{
    /// <summary>The layer and those folded into it, in the order they run; none in a module and in an output.</summary>
    public List<DrawnRow> Rows { get; init; } = [];

    /// <summary>What it writes.</summary>
    public IReadOnlyList<DrawnBlob> Tops { get; init; } = [];

    /// <summary>What it reads, each source once: the box that writes it and the index of its top.</summary>
    public List<DrawnSource> Sources { get; init; } = [];

    /// <summary>The module that it stands for; null if it is none.</summary>
    public DrawnModule? Module { get; init; }

    /// <summary>Whether it is an output of the net, the blob of <see cref="Tops"/>.</summary>
    public bool IsOutput { get; init; }

    /// <summary>The name at its head.</summary>
    public string Name => Module?.Name ?? (IsOutput ? Tops[0].Name : Rows[0].Name);

    /// <summary>The kind that colours it.</summary>
    public LayerKind Kind => Rows.Count > 0 ? Rows[0].Kind : LayerKind.Other;

    /// <summary>The number of learned values, each counted where it is first used.</summary>
    public long Parameters => Module is null
        ? Rows.Where(r => r.SharedWith.Length == 0).Sum(r => r.Parameters)
        : Module.Members.Sum(m => m.Parameters);

    /// <summary>The layers in it.</summary>
    public IEnumerable<DrawnRow> Layers => Module is null ? Rows : Module.Members.SelectMany(m => m.Rows);
}
