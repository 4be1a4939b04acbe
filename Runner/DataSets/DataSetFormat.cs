namespace Cnn.Runner.DataSets;

/// <summary>How a data set is stored.</summary>
public enum DataSetFormat
{
    /// <summary>An LMDB folder of Datum records, for the <c>Data</c> layer and Caffe.</summary>
    Lmdb,

    /// <summary>A pair of plain idx files, for the <c>IdxData</c> layer.</summary>
    Idx,
}
