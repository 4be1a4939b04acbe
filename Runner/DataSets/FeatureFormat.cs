namespace Cnn.Runner.DataSets;

/// <summary>How features are stored.</summary>
public enum FeatureFormat
{
    /// <summary>An LMDB folder of Datum records of floats, as Caffe's <c>extract_features</c> writes it.</summary>
    Lmdb,

    /// <summary>An HDF5 file with the dataset <c>data</c>, for the <c>HDF5Data</c> layer.</summary>
    Hdf5,
}
