namespace Cnn.Engine.Drawing.Pictures;

/// <summary>A colour by its purpose; what it looks like depends on the ground.</summary>
internal enum Ink
{
    /// <summary>None.</summary>
    None,

    /// <summary>The ground.</summary>
    Ground,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Text of less weight, and wires.</summary>
    Faint,

    /// <summary>Thin lines.</summary>
    Grid,

    /// <summary>The first kind of layers; those of the other kinds follow in their order.</summary>
    Kind,
}
