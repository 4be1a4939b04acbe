namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Decodes single blocks of a kind of scan. Structs implement it, so that <see cref="ScanBlocks"/> calls them without
/// indirection.
/// </summary>
internal interface IBlockDecoder
{
    /// <summary>Begins a segment.</summary>
    void Restart();

    /// <summary>Decodes the next block, which is block (x, y) of the component.</summary>
    /// <exception cref="CnnException">No code starts with the next bits.</exception>
    void Decode(ref BitReader reader, JpegComponent component, int x, int y);
}
